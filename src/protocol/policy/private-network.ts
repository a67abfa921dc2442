import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginRules } from '../origin/origin-rules.js';

/** With it, any site could reach the devices of the network that its visitors are in (Private Network Access). */
export function checkPrivateNetwork(
  { any }: OriginRules,
  privateNetwork: boolean,
): readonly ConfigurationProblem[] {
  return any && privateNetwork
    ? [
        {
          code: 'any-origin-with-private-network',
          value: '*',
          message: 'Any public site could reach this server through the network of its visitors.',
          hint: 'List the origins that may, or remove privateNetwork.',
        },
      ]
    : [];
}
