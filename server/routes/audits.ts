import express, { type Router } from 'express';
import type { AuditReport, Difference } from '../../sync/audit/audit.ts';
import { auditPage } from '../../sync/audit/auditPage.ts';
import { findAuditRun, listAuditRuns } from '../../sync/store/auditRuns.ts';
import type { Database } from '../../sync/store/database.ts';
import { Problem } from '../problem.ts';

/** The audits that ran by themselves: the newest fifty, and each with what it found, as JSON or as a page. */
export function audits(database: Database): Router {
  const router = express.Router();

  router.get('/v1/audits', async (_request, response) => {
    response.json({ audits: await listAuditRuns(database) });
  });

  router.get('/v1/audits/:id', async (request, response) => {
    const { id } = request.params;
    const run = /^\d{1,18}$/.test(id) ? await findAuditRun(database, id) : undefined;
    if (!run) throw new Problem('unknown_record', `There was no audit ${id}. GET /v1/audits names them.`);
    if (request.accepts(['json', 'html']) === 'json' || !run.report) {
      response.json(run);
      return;
    }
    const { startedAt, finishedAt, ...report } = run.report as AuditReport;
    const times = { startedAt: new Date(startedAt), finishedAt: new Date(finishedAt) };
    response.type('html').send(auditPage({ ...report, ...times }, run.differences as Difference[]));
  });
  return router;
}
