import { connectorCases } from '../tickets/connector.cases.ts';
import { commonMarkWorld, textileWorld } from '../tickets/worlds/redmine.ts';

connectorCases(textileWorld);
connectorCases(commonMarkWorld);
