/**
 * What the pages do: they send requests, and tell what became of the promises.
 *
 * `perform(cases)` sends from this page, `performInSandbox(cases)` from a sandboxed frame in it, whose origin is opaque.
 */
const AT_ONCE = 6;

/** @typedef {{ url: string, init: RequestInit, times: number }} PageCase a request, and how often it is sent */

/** @typedef {Pick<Response, 'type' | 'status' | 'redirected'> & { headers: string[] }} Readable */

/**
 * @param {PageCase} one
 * @returns {Promise<Readable | { rejects: string }>}
 */
async function send({ url, init }) {
  try {
    const response = await fetch(url, init);
    const { type, status, redirected, headers } = response;
    await response.text();
    return { type, status, redirected, headers: [...headers.keys()] };
  } catch (error) {
    return { rejects: String(error) };
  }
}

/** @param {readonly PageCase[]} cases */
async function perform(cases) {
  const waiting = cases.map((one) => ({
    one,
    /** @type {Awaited<ReturnType<typeof send>>[]} */
    told: [],
  }));
  const results = waiting.map(({ told }) => told);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { one, told } = next;
      for (let time = 0; time < one.times; time += 1) told.push(await send(one));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** @type {Promise<Window> | undefined} */
let sandbox;

function openSandbox() {
  sandbox ??= new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.sandbox.value = 'allow-scripts';
    frame.src = '/__page/';
    frame.onload = () => {
      if (frame.contentWindow !== null) resolve(frame.contentWindow);
    };
    document.documentElement.append(frame);
  });
  return sandbox;
}

/** @param {readonly PageCase[]} cases */
async function performInSandbox(cases) {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  (await openSandbox()).postMessage(cases, '*', [port2]);
  return answered;
}

addEventListener('message', async ({ data, ports: [port] }) => {
  if (port !== undefined) port.postMessage(await perform(data));
});

window.perform = perform;
window.openSandbox = openSandbox;
window.performInSandbox = performInSandbox;
