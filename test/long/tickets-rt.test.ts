import { connectorCases } from '../tickets/connector.cases.ts';
import { rtWorld } from '../tickets/worlds/rt.ts';

connectorCases(rtWorld);
