import express from 'express';
import type { ErrorRequestHandler, Express, Router } from 'express';
import type { AdjustableClock } from '../adjustableClock.ts';
import { apexRoute } from './browser/apexRoute.ts';
import type { ApexClasses } from './browser/apexRoute.ts';
import type { NamedCredential } from './browser/callout.ts';
import type { ChangeStream } from './browser/changes.ts';
import { fileRoutes } from './browser/fileRoutes.ts';
import { flexipageRoute, pageRoutes } from './browser/pageRoutes.ts';
import { sessionRoutes } from './browser/sessionRoutes.ts';
import type { PageLinks } from './browser/sessionRoutes.ts';
import { BulkJobs } from './bulk/bulkJobs.ts';
import { Calls } from './control/calls.ts';
import { Faults, faultControl, meetFaults } from './control/faults.ts';
import { clockControl } from './control/clock.ts';
import { jobControl } from './control/jobs.ts';
import { recordControl } from './control/records.ts';
import { sessionControl } from './control/sessions.ts';
import { TransactionKnobs } from './control/transactions.ts';
import { usageControl } from './control/usage.ts';
import type { ConnectedApp } from './oauth/grants.ts';
import { oauthRoutes } from './oauth/oauthRoutes.ts';
import { dataApi } from './rest/dataApi.ts';
import type { DataApi } from './rest/dataApi.ts';
import { orgId, repUserId } from './seed/users.ts';

export type OrgAppParts = Omit<DataApi, 'transactions' | 'bulk'> & {
  apps: ConnectedApp[];
  namedCredential: NamedCredential;
  links: PageLinks;
  pageDir?: string;
  changes: ChangeStream;
  clock: AdjustableClock;
  apexClasses: ApexClasses;
  url: () => string;
  /** Streaming and control paths of the change data capture, when it is on. */
  streamRoutes?: Router[];
};

// Custom permissions that components of the page ask for.
const customPermissions = ['Raise_Invoices'];

/** All routes of the org, without listening. */
export async function orgApp(parts: OrgAppParts): Promise<Express> {
  const { org, users, sessions, layouts, links, changes, url } = parts;
  const faults = new Faults();
  const calls = new Calls();
  const bulk = new BulkJobs();
  const transactions = new TransactionKnobs(org);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use((request, _response, next) => {
    // The Salesforce CLI asks for //services/data.
    request.url = request.url.replace(/^\/+/, '/');
    next();
  });
  app.use(calls.count, meetFaults(faults));
  app.use(oauthRoutes({ apps: parts.apps, users, sessions, audiences: () => audiences(url()), orgId, url }));
  app.use('/services/data', ...dataApi({ ...parts, transactions, bulk }));

  app.use(sessionRoutes({ org, users, sessions, links, defaultUserId: repUserId, customPermissions }));
  app.use(fileRoutes({ org, users, sessions }));
  app.get('/sandbox/changes', changes.handle);
  app.use(flexipageRoute(layouts), faultControl(faults), calls.routes(), sessionControl(sessions));
  app.use(
    recordControl(org),
    transactions.routes(),
    jobControl(bulk),
    usageControl(parts.usage),
    clockControl(parts.clock),
  );
  if (parts.streamRoutes) app.use(...parts.streamRoutes);
  app.use(
    apexRoute({ org, users, sessions, namedCredential: parts.namedCredential, classes: parts.apexClasses }),
  );
  app.use(await pageRoutes(parts.pageDir));
  app.use((request, response) => {
    response
      .status(404)
      .json([{ errorCode: 'NOT_FOUND', message: `The sandbox org has nothing at ${request.path}.` }]);
  });
  app.use(answerBug);
  return app;
}

/** The addresses a JWT assertion may be made out to: this org's and the platform's login servers. */
function audiences(url: string): string[] {
  return [
    url,
    url.replace('127.0.0.1', 'localhost'),
    'https://login.salesforce.com',
    'https://test.salesforce.com',
  ];
}

/** What gets here is a bug of the sandbox: it is shown in full in the log and answered as the platform does. */
// eslint-disable-next-line max-params -- Express knows error handlers by their four parameters.
const answerBug: ErrorRequestHandler = (error, _request, response, next) => {
  console.error(error);
  if (response.headersSent) return next(error);
  const message = error instanceof Error ? error.message : String(error);
  response
    .status(500)
    .json([{ errorCode: 'UNKNOWN_EXCEPTION', message: `The sandbox org failed: ${message}` }]);
};
