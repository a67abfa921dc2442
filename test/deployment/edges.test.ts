import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DeployedServer } from '../../src/deployment/deployed-server.js';
import { Pace } from '../../src/deployment/pace.js';
import { promisedRequests } from '../../src/deployment/promised-requests.js';
import { type Verification, verifyDeployment } from '../../src/deployment/verification.js';
import { CorsPolicyService } from '../../src/index.js';
import {
  describeEdgeServers,
  type EdgeServer,
  type EdgeServerName,
  startEdgeServer,
} from '../harness/edge-servers.js';
import type { RunningApp } from '../harness/start-app.js';
import { EDGES, type EdgeFault, FAULTS } from './faulty-edges.js';
import { PROMISING_DOCUMENT, startPromisingApp } from './promising-app.js';

describeEdgeServers('verified with a server in between', (name: EdgeServerName) => {
  let app: RunningApp;
  let edge: EdgeServer | undefined;
  beforeAll(async () => {
    app = await startPromisingApp();
  });
  afterEach(() => edge?.stop());
  afterAll(() => app.close());

  const verify = async (
    fault: EdgeFault,
    { reads = false, upstream = app.port } = {},
  ): Promise<Verification> => {
    edge = await startEdgeServer(name, (port) => EDGES[name](fault)(port, upstream));
    const server = new DeployedServer(new URL(`http://127.0.0.1:${edge.port}`), {
      pace: new Pace(1000),
    });
    const { host, origin } = server;
    const { requests } = await promisedRequests(PROMISING_DOCUMENT, { host, origin, reads });
    const verification = await verifyDeployment(app.nest.get(CorsPolicyService), requests, server);
    server.close();
    return verification;
  };

  test.each([{ reads: false }, { reads: true }])(
    'nothing is found where it passes everything on (reads: $reads)',
    async ({ reads }) => {
      const { findings, compared } = await verify({}, { reads });
      expect(findings).toEqual([]);
      expect(compared).toBe(reads ? 22 : 10);
    },
  );

  describe('is found where', () => {
    const rows = FAULTS.filter((row) => row[name] !== undefined);
    test.each(rows)('$fault', async ({ found, named, reads = false, deadUpstream, ...row }) => {
      const { findings } = await verify(row[name] ?? {}, {
        reads,
        ...(deadUpstream === true && { upstream: 1 }),
      });
      expect(findings.map(({ kind }) => kind).sort()).toEqual(found);
      expect(findings.flatMap(({ change }) => change).join('\n')).toContain(named[name]);
    });
  });
});
