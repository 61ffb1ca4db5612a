import { z } from 'zod';
import { CONFIDENCES } from '../vocabulary/vocabulary.ts';
import { anyText, baseFields, date, describedFields, list, reference, sourceFields, validTime } from './parts.ts';

/** Courses of action, OpenC2 included. Sightline makes none; they pass through exports, imports and the sandbox. */

const STAGES = [
  'Preparation',
  'Identification',
  'Containment',
  'Eradication',
  'Recovery',
  'Lessons Learned',
  'Remedy',
  'Response',
] as const;

const COA_TYPES = [
  'Diplomatic Actions',
  'Eradication',
  'Hardening',
  'Internal Blocking',
  'Logical Access Restrictions',
  'Monitoring',
  'Other',
  'Patching',
  'Perimeter Blocking',
  'Phase',
  'Physical Access Restrictions',
  'Playbook',
  'Policy Actions',
  'Public Disclosure',
  'Rebuilding',
  'Redirection',
  'Redirection (Honey Pot)',
  'Task',
  'Training',
] as const;

/** The OpenC2 words that CTIM closes, one text a list: they hold no spaces. */
const OPENC2_ACTIONS =
  'alert allow augment contain delete deny detonate distill get investigate locate mitigate modify move notify other ' +
  'pause query redirect remediate report response restart restore resume save scan set snapshot start stop substitute ' +
  'sync throttle update';
const OPENC2_ACTUATORS =
  'endpoint endpoint.digital-telephone-handset endpoint.laptop endpoint.pos-terminal endpoint.printer endpoint.sensor ' +
  'endpoint.server endpoint.smart-meter endpoint.smart-phone endpoint.tablet endpoint.workstation network ' +
  'network.bridge network.firewall network.gateway network.guard network.hips network.hub network.ids network.ips ' +
  'network.modem network.nic network.proxy network.router network.security_manager network.sense_making ' +
  'network.sensor network.switch network.vpn network.wap other process process.aaa-server process.anti-virus-scanner ' +
  'process.connection-scanner process.directory-service process.dns-server process.email-service process.file-scanner ' +
  'process.location-service process.network-scanner process.remediation-service process.reputation-service ' +
  'process.sandbox process.virtualization-service process.vulnerability-scanner';
const OPENC2_METHODS =
  'acl authenticated blackhole blacklist graceful hibernate honeypot immediate segmentation spawn suspend ' +
  'unauthenticated whitelist';
const OPENC2_DESTINATIONS = 'copy-to modify-to move-to report-to restore-point save-to set-to';

function oneOf(words: string) {
  return z.enum(words.split(' '));
}

const modifiers = z.strictObject({
  additional_properties: z.strictObject({ context: anyText }).optional(),
  delay: date.optional(),
  destination: oneOf(OPENC2_DESTINATIONS).optional(),
  duration: date.optional(),
  frequency: anyText.optional(),
  id: anyText.optional(),
  location: z.enum(['internal', 'perimeter']).optional(),
  method: list(oneOf(OPENC2_METHODS)).optional(),
  option: anyText.optional(),
  response: z.enum(['acknowledge', 'status', 'query', 'command-ref']).optional(),
  search: z.enum(['cve', 'patch', 'signature', 'vendor_bulletin']).optional(),
  source: anyText.optional(),
  time: validTime.optional(),
});

const openC2 = z.strictObject({
  type: z.literal('structured_coa'),
  id: anyText.optional(),
  action: z.strictObject({ type: oneOf(OPENC2_ACTIONS) }),
  actuator: z.strictObject({ type: oneOf(OPENC2_ACTUATORS), specifiers: list(anyText).optional() }).optional(),
  modifiers: modifiers.optional(),
  target: z.strictObject({ type: anyText, specifiers: anyText.optional() }).optional(),
});

export const coaFields = {
  type: z.literal('coa').optional(),
  ...baseFields,
  ...sourceFields,
  ...describedFields,
  coa_type: z.enum(COA_TYPES).optional(),
  cost: z.enum(CONFIDENCES).optional(),
  efficacy: z.enum(CONFIDENCES).optional(),
  impact: anyText.optional(),
  objective: list(anyText).optional(),
  open_c2_coa: openC2.optional(),
  related_COAs: list(
    z.strictObject({
      COA_id: reference,
      confidence: z.enum(CONFIDENCES).optional(),
      relationship: anyText.optional(),
      source: anyText.optional(),
    }),
  ).optional(),
  stage: z.enum(STAGES).optional(),
  structured_coa_type: z.literal('openc2').optional(),
  valid_time: validTime.optional(),
};
