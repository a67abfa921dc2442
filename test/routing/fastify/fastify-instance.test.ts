import { expect, test } from '@jest/globals';

import {
  type FastifyInstance,
  type RouterOptions,
  routerOptions,
} from '../../../src/routing/fastify/fastify-instance.js';
import { SECRET_CONSTRAINT } from '../secret-constraint.js';

const DEFAULTS: RouterOptions = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  allowUnsafeRegex: false,
  useSemicolonDelimiter: false,
  maxParamLength: 100,
  constraints: {},
};
const SET: RouterOptions = {
  caseSensitive: false,
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  allowUnsafeRegex: true,
  useSemicolonDelimiter: true,
  maxParamLength: 5,
  constraints: { secret: SECRET_CONSTRAINT },
};

test.each<{ where: string; config: FastifyInstance['initialConfig']; options: RouterOptions }>([
  { where: 'nowhere', config: {}, options: DEFAULTS },
  { where: 'nowhere, with the defaults filled in', config: DEFAULTS, options: DEFAULTS },
  { where: 'at the only place that Fastify had', config: SET, options: SET },
  {
    where: 'at the top, with defaults below',
    config: { ...SET, routerOptions: DEFAULTS },
    options: SET,
  },
  {
    where: 'below, with defaults at the top',
    config: { ...DEFAULTS, routerOptions: SET },
    options: SET,
  },
  { where: 'at both places', config: { ...SET, routerOptions: SET }, options: SET },
  { where: 'below alone', config: { routerOptions: SET }, options: SET },
])("Fastify's router options may be set $where", ({ config, options }) => {
  const instance: FastifyInstance = {
    initialConfig: config,
    supportedMethods: [],
    hasRoute: () => false,
  };
  expect(routerOptions(instance)).toStrictEqual(options);
});
