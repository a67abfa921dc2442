import { type FaultCase, type FaultOrigins, urlOf } from './faults.js';

/** What a page prints first: what is said after it is said of its case, the rejection that nobody caught included. */
export function startOf(name: string): string {
  return `The start of ${name}.`;
}

/**
 * A page that asks as the case says, and goes on to the next page. A sandboxed frame may run in a process of its own,
 * whose lines are lost if it ends before they are told, so that its page stays and opens the next one in a frame.
 */
export function faultPage(fault: FaultCase, origins: FaultOrigins, next: string): string {
  const goOn =
    fault.by === 'sandbox'
      ? `document.documentElement.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(next)} }));`
      : `location.replace(${JSON.stringify(next)});`;
  return `<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
    <script>
      console.log(${JSON.stringify(startOf(fault.name))});
      addEventListener('message', () => { ${goOn} });
      addEventListener('load', () => { ${askingScript(fault, urlOf(fault, origins))} });
    </script>`;
}

function askingScript(fault: FaultCase, url: string): string {
  const { method = 'GET', headers, credentials, mode } = fault;
  const init = JSON.stringify({ method, headers, credentials, mode });
  const at = JSON.stringify(url);
  // In a task of its own, after the rejection of the promise has been reported.
  const over = `setTimeout(() => { parent.postMessage('over', '*'); })`;
  // Nobody catches: the rejection is part of what people paste.
  const fetching = `fetch(${at}, ${init}).finally(() => ${over});`;
  const element = (name: string, properties: string) => `
    const element = Object.assign(document.createElement('${name}'), ${properties});
    element.onload = element.onerror = () => ${over};
    document.documentElement.append(element);`;
  switch (fault.by ?? 'fetch') {
    case 'fetch':
      return fetching;
    case 'xhr':
      return `
        const request = new XMLHttpRequest();
        request.open('${method}', ${at});
        request.withCredentials = ${String(credentials === 'include')};
        request.onloadend = () => ${over};
        request.send();`;
    case 'event source':
      return `const source = new EventSource(${at}); source.onerror = () => { source.close(); ${over}; };`;
    case 'image':
      return element('img', `{ crossOrigin: 'anonymous', src: ${at} }`);
    case 'script':
      return element('script', `{ crossOrigin: 'anonymous', src: ${at} }`);
    case 'module':
      return element('script', `{ type: 'module', src: ${at} }`);
    case 'stylesheet':
      return element('link', `{ rel: 'stylesheet', crossOrigin: 'anonymous', href: ${at} }`);
    case 'font':
      return `new FontFace('f', 'url(' + ${at} + ')').load().finally(() => ${over});`;
    case 'sandbox':
      return `
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = ${JSON.stringify(`<script>${fetching}</script>`).replaceAll('</', '<\\/')};
        document.documentElement.append(frame);`;
  }
}
