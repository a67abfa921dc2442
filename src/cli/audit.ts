import { auditDeployment } from '../deployment/audit.js';
import { isSerializedOrigin } from '../protocol/origin/origin.js';
import { type Command, CommandError, type GivenArguments } from './command.js';
import { deployedServer, RATE_OPTION } from './deployed-url.js';
import { describeFindings } from './findings-report.js';

/** As many origins as anybody asks about at once. */
const MOST_ORIGINS = 20;

/** `nestjs-cors audit`: what is wrong with any server. */
export const audit: Command = {
  name: 'audit',
  summary: 'What is wrong with the CORS of any server, without its policies',
  help: `Asks a server about origins that it should allow, their look-alikes and strangers.

Usage: nestjs-cors audit URL [--origin ORIGIN]…

  --origin ORIGIN     An origin that should be allowed; may be given several times.
                      Otherwise that of the server itself, and of its domain
  --rate N            Requests a second; 20
  --json              The findings as JSON

Exit status: 0 nothing found, 1 findings, 2 it could not be asked.

Example:
  npx nestjs-cors audit https://api.example.com/books --origin https://app.example.com`,
  options: {
    ...RATE_OPTION,
    origin: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const { values } = given;
    const origins = originsIn(values);
    const server = deployedServer(given);
    const { findings, remarks, answered } = await auditDeployment(server, origins);
    server.close();
    for (const remark of remarks) terminal.remark(remark);
    if (!answered) throw new CommandError('The server could not be audited.');
    if (values['json'] === true) {
      const url = server.origin + server.path;
      terminal.print(JSON.stringify({ url, requests: server.sent, remarks, findings }, null, 2));
    } else if (findings.length > 0) {
      terminal.print(describeFindings(findings, terminal.colors));
    } else {
      terminal.print(`Nothing found in ${server.sent} answers.`);
    }
    return findings.length > 0 ? 1 : 0;
  },
};

function originsIn(values: GivenArguments['values']): string[] {
  const given = [values['origin'] ?? []].flat().map(String);
  const wrong = given.find((origin) => !isSerializedOrigin(origin) || origin === 'null');
  if (wrong !== undefined) {
    throw new CommandError(
      `--origin ${JSON.stringify(wrong)} is not an origin. Write scheme, host and port only, such as https://app.example.com.`,
    );
  }
  if (given.length > MOST_ORIGINS) {
    throw new CommandError(`--origin may be given ${MOST_ORIGINS} times.`);
  }
  return [...new Set(given)];
}
