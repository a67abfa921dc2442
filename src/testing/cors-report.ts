import type { INestApplication } from '@nestjs/common';
import { policyServiceOf } from './policy-service.js';

/**
 * Who may call what, as text that is made for snapshots: a line for each route and `paths` entry, then each policy.
 * It changes where a policy does, and with nothing else:
 *
 * `expect(await corsReport(app)).toMatchSnapshot()`
 *
 * @param app initialized; one that is not yet is initialized
 * @throws TypeError for an application without `CorsModule`
 */
export async function corsReport(app: INestApplication): Promise<string> {
  const service = await policyServiceOf(app);
  if (service === undefined) {
    throw new TypeError(
      'This application does not import CorsModule, so there are no policies to report.',
    );
  }
  await app.init();
  const { describeRoutes } = await import('../document/report.js');
  return describeRoutes(service.document());
}
