/**
 * What pages do besides `fetch()` with CORS: they embed, preload, submit and link. `embed[what](url)` begins it; whoever
 * calls looks at the server for what came of it.
 */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} properties
 * @param {Element} [parent]
 */
function append(name, properties, parent = document.documentElement) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  parent.append(element);
  return element;
}

/** @param {string} name */
function frame(name) {
  append('iframe', { name });
  return name;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string} target
 */
function submit(method, url, target) {
  const { origin, pathname, searchParams } = new URL(url);
  const isPost = method === 'POST';
  const form = append('form', { method, target, action: isPost ? url : origin + pathname });
  for (const [name, value] of searchParams) append('input', { type: 'hidden', name, value }, form);
  form.submit();
}

/**
 * @param {string} url
 * @param {Partial<HTMLAnchorElement>} [properties]
 */
function follow(url, properties = {}) {
  append('a', { href: url, textContent: 'there', ...properties }).click();
}

/**
 * Whether an element has loaded what it names, or could not.
 *
 * @param {HTMLElement} element
 * @returns {Promise<boolean>}
 */
function loads(element) {
  return new Promise((resolve) => {
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
  });
}

window.embed = {
  image: (url) => append('img', { src: url }),
  'image by a redirect of another site': (url) => append('img', { src: url }),
  'image with crossorigin': (url) => append('img', { crossOrigin: 'use-credentials', src: url }),
  'background image': (url) =>
    append('div', {}).setAttribute('style', `width:9px;height:9px;background:url("${url}")`),
  script: (url) => append('script', { src: url }),
  'module script': (url) => append('script', { type: 'module', src: url }),
  stylesheet: (url) => append('link', { rel: 'stylesheet', href: url }),
  preload: (url) => append('link', { rel: 'preload', as: 'image', href: url }),
  prefetch: (url) => append('link', { rel: 'prefetch', href: url }),
  video: (url) => append('video', { preload: 'auto', muted: true, src: url }),
  audio: (url) => append('audio', { preload: 'auto', src: url }),
  frame: (url) => append('iframe', { src: url }),
  object: (url) => append('object', { data: url, type: 'text/html' }),
  embed: (url) => append('embed', { src: url, type: 'text/html' }),
  'GET form in a frame': (url) => submit('GET', url, frame('get')),
  'POST form in a frame': (url) => submit('POST', url, frame('post')),
  'link into a frame': (url) => follow(url, { target: frame('link') }),
  'no-cors fetch': (url) => void fetch(url, { mode: 'no-cors', credentials: 'include' }),
  'no-cors fetch by a redirect of another site': (url) => void fetch(url, { mode: 'no-cors' }),
  'no-cors HEAD': (url) => void fetch(url, { mode: 'no-cors', method: 'HEAD' }),
  'no-cors POST': (url) => void fetch(url, { mode: 'no-cors', method: 'POST', body: 'a=1' }),
  'cors fetch': (url) => void fetch(url, { credentials: 'include' }).catch(() => undefined),
  beacon: (url) => navigator.sendBeacon(url, 'a=1'),
  // These leave the page.
  link: (url) => follow(url),
  download: (url) => follow(url, { download: 'export.gif' }),
  redirection: (url) => location.replace(url),
  'GET form': (url) => submit('GET', url, '_self'),
  'POST form': (url) => submit('POST', url, '_self'),
};

/** Whether this engine takes `<link rel=prefetch>`. */
window.canPrefetch = () => document.createElement('link').relList.supports('prefetch');

/** Whether an image is shown. */
window.showsImage = (url) => loads(append('img', { src: url }));
