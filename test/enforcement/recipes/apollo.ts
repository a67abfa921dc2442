import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { Extra } from 'graphql-ws/use/ws';
import { CorsPolicyService } from '../../../src/index.js';

/** Goes with CorsModule's paths: [{ path: '/graphql', policy: 'graphql' }]. */
export const graphql = GraphQLModule.forRootAsync<ApolloDriverConfig>({
  driver: ApolloDriver,
  inject: [CorsPolicyService],
  useFactory: (policies: CorsPolicyService): ApolloDriverConfig => {
    const { verifyClient } = policies.gatewayCors('graphql');
    return {
      autoSchemaFile: true,
      subscriptions: {
        'graphql-ws': {
          // No operation runs before the answer; `false` closes the socket with 4403, Forbidden.
          onConnect: ({ extra }) =>
            new Promise<boolean>((resolve) => {
              verifyClient({ req: (extra as Extra).request }, resolve);
            }),
        },
      },
    };
  },
});
