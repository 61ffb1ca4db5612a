import { toHtml } from '../../escape/escape.ts';
import { describeFault, type Fault } from '../../model/errors.ts';
import type { ProofResult } from './prove.ts';

/**
 * JUnit's XML of a check, as build servers read it: one test case for each proof, and one for each other fault.
 * A message may quote a hostile line; XML 1.0 has no way at all to write most control characters.
 */
export function junitXml(proofs: readonly ProofResult[], faults: readonly Fault[]): string {
  const cases = [
    ...faults.map((fault) => testCase(fault.path, describeFault(fault), fault.path, fault)),
    ...proofs.map(({ rule, proof, fault }) => {
      const name = `${rule.title}: ${proof.expects}`;
      return testCase(rule.path, describeFault({ ...proof, message: name }), proof.path, fault);
    }),
  ];
  const failures = faults.length + proofs.filter(({ fault }) => fault !== null).length;
  const totals = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sightline rules check" ${totals}>`,
    `  <testsuite name="rules" ${totals}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(group: string, name: string, file: string, fault: Fault | null): string {
  const head = `    <testcase classname="${toXml(group)}" name="${toXml(name)}" file="${toXml(file)}"`;
  if (fault === null) return `${head}/>`;
  const [summary = ''] = fault.message.split('\n');
  return `${head}><failure message="${toXml(summary)}">${toXml(describeFault(fault))}</failure></testcase>`;
}

function toXml(text: string): string {
  return toHtml(text).replace(/[\ufffe\uffff]/g, '\ufffd');
}
