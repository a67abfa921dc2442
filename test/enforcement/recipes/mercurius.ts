import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { CorsPolicyService } from '../../../src/index.js';

/** Goes with CorsModule's paths: [{ path: '/graphql', policy: 'graphql' }]. */
export const graphql = GraphQLModule.forRootAsync<MercuriusDriverConfig>({
  driver: MercuriusDriver,
  inject: [CorsPolicyService],
  useFactory: (policies: CorsPolicyService): MercuriusDriverConfig => ({
    autoSchemaFile: true,
    subscription: { verifyClient: policies.gatewayCors('graphql').verifyClient },
  }),
});
