/**
 * Red lines of the console that the playground announces: what was blocked, and answers that are errors. In the words of
 * each engine.
 */
export const ANNOUNCED =
  /CORS policy|Cross-Origin Request Blocked|net::ERR_FAILED|status of 4\d\d|Access-Control-|due to access control checks|can.t establish a connection|NetworkError/;
