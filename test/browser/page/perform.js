/**
 * What the pages do: they send requests, and tell what became of the promises.
 *
 * `perform(cases)` sends from this page, `performInSandbox(cases)` from a sandboxed frame in it, whose origin is opaque.
 */
const AT_ONCE = 6;

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

async function perform(cases) {
  const results = [];
  const waiting = cases.map((one, index) => [index, one]);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next;
      results[index] = [];
      for (let time = 0; time < one.times; time += 1) results[index].push(await send(one));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

let sandbox;

function openSandbox() {
  sandbox ??= new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.src = '/__page/';
    frame.onload = () => resolve(frame.contentWindow);
    document.documentElement.append(frame);
  });
  return sandbox;
}

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
