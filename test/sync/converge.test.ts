import { convergeCases } from './converge.cases.ts';

convergeCases(25);
