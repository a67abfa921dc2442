import type { HttpServer } from '@nestjs/common';

/** What route tables ask of an adapter, or of what stands for one. */
export type RouterAdapter = Pick<
  HttpServer,
  'getInstance' | 'getRouteMatchingOptions' | 'applyVersionFilter'
>;
