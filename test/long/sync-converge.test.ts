import { convergeCases } from '../sync/converge.cases.ts';

convergeCases(120);
