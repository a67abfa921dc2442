import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { CorsPolicyService } from '../../src/index.js';
import { Database } from './database/database.js';

/**
 * Has this instance forget what it knows of an origin whose permission changed, whichever instance changed it.
 *
 * What is forgotten is asked about again when its next request comes, and at once where a live stream of that
 * origin is open: revoked, it ends. An instance that was cut off for a while does not know what it missed, so
 * that it asks anew about everybody as soon as it listens again; who was allowed stays so if that fails.
 */
@Injectable()
export class OriginChanges implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly policies: CorsPolicyService,
  ) {}

  /** Not before: there are no policies until the application is initialized. */
  onApplicationBootstrap(): Promise<void> {
    return this.database.listen({
      connected: () => {
        this.policies.forgetOrigin();
      },
      changed: (origin) => {
        this.policies.forgetOrigin(origin === '' ? undefined : origin);
      },
    });
  }

  /** By now the last request has been answered. */
  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
