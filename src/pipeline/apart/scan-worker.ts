/** What runs in a worker: it is told of segments and tells what it found in them. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadRules } from '../../detect/detect.ts';
import type { Task, WorkerPlan } from './findings.ts';
import { segmentScanner } from './segment-scanner.ts';

const port = parentPort;
if (port === null) throw new Error('this is to run in a worker');
const plan = workerData as WorkerPlan; // as `openWorkers` has it
const scan = segmentScanner(plan, await loadRules(plan.ruleFolders));
port.on('message', (task: Task) => {
  const findings = scan(task);
  const { buffer, quiet } = findings;
  port.postMessage(findings, [buffer, quiet.places.buffer, quiet.amounts.buffer]);
});
