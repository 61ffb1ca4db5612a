import { expect, it } from 'vitest';
import { CONNECTORS } from '../../src/tickets/connectors.ts';
import { connectorCases } from './connector.cases.ts';
import { jiraWorld, serviceNowWorld } from './worlds/http.ts';
import { jsonlWorld, webhookWorld } from './worlds/one-way.ts';
import { commonMarkWorld, textileWorld } from './worlds/redmine.ts';
import { rtWorld } from './worlds/rt.ts';

const QUICK = [jsonlWorld, webhookWorld, jiraWorld, serviceNowWorld];
/** Real systems take their time: their cases run in test/long. */
const SLOW = [rtWorld, textileWorld, commonMarkWorld];

for (const world of QUICK) connectorCases(world);

it('every connector has a system to be tried on', () => {
  expect(new Set([...QUICK, ...SLOW].map(({ connector }) => connector))).toEqual(new Set(Object.keys(CONNECTORS)));
});
