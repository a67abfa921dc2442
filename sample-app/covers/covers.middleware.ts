import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Book covers, answered by plain middleware, as a static file server or an upload server would be.
 *
 * There is no controller to decorate, so the policy stands under `paths` in cors-policies.ts. Why covers need one
 * at all: an `<img>` shows pictures from anywhere, but a page that wants the pixels (a canvas, a download button)
 * has to be allowed to read them.
 */
export function coversMiddleware(
  request: IncomingMessage & { readonly originalUrl?: string },
  response: ServerResponse,
): void {
  // Where middleware is bound to a path, `url` is what comes after it.
  const url = request.originalUrl ?? request.url ?? '';
  const hue = (Number(/(\d+)\.svg/.exec(url)?.[1] ?? 0) * 67) % 360;
  response.setHeader('Content-Type', 'image/svg+xml');
  response.setHeader('Cache-Control', 'public, max-age=60');
  response.end(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 90" width="60" height="90">` +
      `<rect width="60" height="90" rx="3" fill="hsl(${hue} 45% 35%)"/>` +
      `<path d="M12 20h36M12 28h24" stroke="#fff" stroke-width="3"/></svg>`,
  );
}
