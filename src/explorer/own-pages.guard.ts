import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import { rawRequest } from '../enforcement/raw-message.js';

/** What `Sec-Fetch-Site` may say: the explorer's own page, and a user who opens it. */
const OWN = new Set(['same-origin', 'none']);

/**
 * Lets the explorer's own page in, and users who open it. What pages of other origins cause gets 403, links and
 * sub-resources included (Fetch Metadata). Clients that say nothing are no browsers, or old ones, of which the
 * policy keeps those away that send `Origin`.
 */
export const ownPagesGuard: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    const site = rawRequest(context).headers['sec-fetch-site'];
    if (site === undefined) return true;
    // Proxies may repeat the header.
    if (
      [site]
        .flat()
        .join()
        .split(/ *, */)
        .every((each) => OWN.has(each))
    )
      return true;
    throw new ForbiddenException(
      'The explorer opens only for its own pages. If a link led here, press Enter in the address bar.',
    );
  },
};
