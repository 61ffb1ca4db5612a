/** What runs in a worker: it is told of segments and tells what it found in them. */
import { workerData } from 'node:worker_threads';
import { mayAllow } from '../../correlate/correlate.ts';
import { loadRules } from '../../detect/detect.ts';
import { openDetection } from '../detection.ts';
import { quietMemory } from '../quiet-lines.ts';
import { READY, type Task, type WorkerPlan } from './findings.ts';
import { segmentScanner } from './segment-scanner.ts';

const plan = workerData as WorkerPlan; // as `openWorkers` has it
const { port } = plan;
// What is told is a copy.
const detection = openDetection(await loadRules(plan.ruleFolders), (entry) => entry);
const scan = segmentScanner(plan, { ...detection, mayAllow: mayAllow(plan.allow) }, quietMemory());
port.on('message', (task: Task) => {
  const findings = scan(task);
  const { buffer, quiet } = findings;
  port.postMessage(findings, [buffer, quiet.places.buffer, quiet.amounts.buffer]);
});
port.postMessage(READY);
