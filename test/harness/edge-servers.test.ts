import { afterEach, expect, test } from '@jest/globals';
import {
  checkEdgeConfiguration,
  describeEdgeServers,
  type EdgeServer,
  type EdgeServerName,
  startEdgeServer,
} from './edge-servers.js';
import { send } from './send.js';

const TEAPOT: Readonly<Record<EdgeServerName, (port: number) => string>> = {
  nginx: (port) => `events {}
http {
  server { listen 127.0.0.1:${port}; return 418; }
}
`,
  haproxy: (port) => `defaults
  mode http
  timeout client 5s
frontend front
  bind 127.0.0.1:${port}
  http-request return status 418
`,
  caddy: (port) => `{
  auto_https off
}
http://127.0.0.1:${port}, http://api.example.com:${port} {
  bind 127.0.0.1
  respond 418
}
`,
};

describeEdgeServers('started by a test', (name) => {
  let server: EdgeServer | undefined;
  afterEach(() => server?.stop());

  test('answers from when it is started until it is stopped', async () => {
    server = await startEdgeServer(name, TEAPOT[name]);
    const { port } = server;
    expect((await send(port, { path: '/' })).status).toBe(418);
    await server.stop();
    await expect(send(port, { path: '/' })).rejects.toThrow('ECONNREFUSED');
  });

  test('two of it run beside each other', async () => {
    server = await startEdgeServer(name, TEAPOT[name]);
    const other = await startEdgeServer(name, TEAPOT[name]);
    expect((await send(other.port, { path: '/' })).status).toBe(418);
    await other.stop();
    expect((await send(server.port, { path: '/' })).status).toBe(418);
  });

  test('says what is wrong with a configuration', async () => {
    expect(await checkEdgeConfiguration(name, TEAPOT[name](8080))).toBeUndefined();
    expect(await checkEdgeConfiguration(name, 'nonsense {\n')).toMatch(
      /nonsense|end of file|[Ss]yntax error/,
    );
    await expect(startEdgeServer(name, () => 'nonsense {\n')).rejects.toThrow('does not listen');
  });
});
