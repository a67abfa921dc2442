import { promisedRequests } from '../deployment/promised-requests.js';
import { spread, verifyDeployment } from '../deployment/verification.js';
import type { Command } from './command.js';
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, documentFrom } from './document-source.js';
import { deployedServer, RATE_OPTION, wholeNumber } from './deployed-url.js';
import { describeFindings } from './findings-report.js';

/** Requests, unless `--most` says otherwise. */
const MOST = 2000;

/** `nestjs-cors verify`: what a deployed server really answers. */
export const verify: Command = {
  name: 'verify',
  summary: 'Whether a deployed server answers as the policies say, and who changes it on the way',
  help: `Sends the preflights that the policies promise answers to, and compares what comes through.

Usage: nestjs-cors verify URL --app FILE | --from FILE_OR_URL

${DOCUMENT_HELP}
  --read              Send GET and HEAD, too, to routes that have them: finds caches and a rewritten Host
  --rate N            Requests a second; 20
  --most N            Requests in all, spread evenly over what is promised; 2000
  --json              The findings as JSON

Exit status: 0 no difference, 1 differences, 2 the command itself is wrong.

Example:
  npx nestjs-cors verify https://api.example.com --app dist/app.module.js`,
  options: {
    ...DOCUMENT_OPTIONS,
    ...RATE_OPTION,
    read: { type: 'boolean' },
    most: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const { values } = given;
    const most = wholeNumber(values, 'most', MOST, 1_000_000);
    const server = deployedServer(given);
    const document = await documentFrom(given);
    // Nest is loaded by who needs it, not by who asks for help.
    const { DocumentedApplication } = await import('../document/documented-application.js');
    const application = await DocumentedApplication.of(document);
    const { host, origin } = server;
    const promised = await promisedRequests(document, {
      host,
      origin,
      reads: values['read'] === true,
    });
    const requests = spread(promised.requests, most);
    for (const { reason, count, first } of promised.leftOut) {
      const others = count > 1 ? `, and ${count - 1} more` : '';
      terminal.remark(`Left out: ${first}${others}: ${reason}.`);
    }
    if (requests.length < promised.requests.length) {
      terminal.remark(
        `Asking ${requests.length} of ${promised.requests.length}, spread evenly; --most asks more.`,
      );
    }
    const tenth = Math.max(100, Math.ceil(requests.length / 10));
    const { findings, compared, undecided, stopped } = await verifyDeployment(
      application,
      requests,
      server,
      (done) => {
        if (done % tenth === 0) terminal.remark(`${done} of ${requests.length} compared`);
      },
    );
    server.close();
    if (undecided > 0) {
      terminal.remark(`Left out: ${undecided} requests about whose origin only code can decide.`);
    }
    if (stopped !== undefined) {
      terminal.remark(`Stopped after ${compared} of ${requests.length}: ${stopped}.`);
    }
    if (values['json'] === true) {
      const { leftOut } = promised;
      const url = server.origin + server.path;
      const report = { url, requests: server.sent, compared, stopped, leftOut, findings };
      terminal.print(JSON.stringify(report, null, 2));
    } else if (findings.length > 0) {
      terminal.print(describeFindings(findings, terminal.colors));
    } else {
      terminal.print(`${compared} answers are as promised.`);
    }
    return findings.length > 0 ? 1 : 0;
  },
};
