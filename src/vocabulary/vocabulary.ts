/**
 * The words of CTIM 1.3.30. Closed lists: any other word makes the server refuse a whole bundle. The open lists (relation
 * names, sensors, categories and so on) take any text and are not listed here.
 */

/** Weakest sharing first; the server takes no less than `green`. */
export const TLPS = ['white', 'green', 'amber', 'red'] as const;

export const CONFIDENCES = ['Info', 'Low', 'Medium', 'High', 'None', 'Unknown'] as const;

/** As confidence, and `Critical`, which confidence has not. */
export const SEVERITIES = ['Info', 'Low', 'Medium', 'High', 'Critical', 'None', 'Unknown'] as const;

export const INCIDENT_STATUSES = [
  'New',
  'New: Processing',
  'New: Presented',
  'Open',
  'Open: Investigating',
  'Open: Reported',
  'Open: Contained',
  'Open: Recovered',
  'Stalled',
  'Hold',
  'Hold: Internal',
  'Hold: External',
  'Hold: Legal',
  'Containment Achieved',
  'Restoration Achieved',
  'Incident Reported',
  'Rejected',
  'Closed',
  'Closed: Under Review',
  'Closed: Confirmed Threat',
  'Closed: Suspected',
  'Closed: False Positive',
  'Closed: Near-Miss',
  'Closed: Merged',
  'Closed: Other',
] as const;

export const DETECTION_STATUSES = [
  'active',
  'inactive_expired',
  'inactive_merged',
  'inactive_oversized',
  'inactive_user_closed',
] as const;

export const PROMOTION_METHODS = ['Manual', 'Automated'] as const;

export const OBSERVABLE_TYPES = [
  'acudid',
  'amp_computer_guid',
  'certificate_common_name',
  'certificate_issuer',
  'certificate_serial',
  'cisco_cm_id',
  'cisco_mid',
  'cisco_uc_id',
  'cortex_agent_id',
  'crowdstrike_id',
  'cvm_id',
  'cybereason_id',
  'darktrace_id',
  'device',
  'domain',
  'email',
  'email_messageid',
  'email_subject',
  'file_name',
  'file_path',
  'google_chromebook_id',
  'google_cloud_id',
  'hostname',
  'imei',
  'imsi',
  'intune_id',
  'ip',
  'ipv6',
  'jamf_management_id',
  'mac_address',
  'md5',
  'meraki_network_id',
  'meraki_node_sn',
  'meraki_org_id',
  'ms_machine_id',
  'mutex',
  'ngfw_id',
  'ngfw_name',
  'odns_identity',
  'odns_identity_label',
  'orbital_node_id',
  'pki_serial',
  'process_args',
  'process_hash',
  'process_name',
  'process_path',
  'process_uid',
  'process_username',
  'processor_id',
  'registry_key',
  'registry_name',
  'registry_path',
  's1_agent_id',
  'secure_access_id',
  'serial_number',
  'service_now_id',
  'sha1',
  'sha256',
  'swc_device_id',
  'trend_micro_id',
  'url',
  'user',
  'user_agent',
] as const;

export const INDICATOR_TYPES = [
  'Malicious E-mail',
  'IP Watchlist',
  'File Hash Watchlist',
  'Domain Watchlist',
  'URL Watchlist',
  'Malware Artifacts',
  'C2',
  'Anonymization',
  'Exfiltration',
  'Host Characteristics',
  'Compromised PKI Certificate',
  'Login Name',
  'IMEI Watchlist',
  'IMSI Watchlist',
  'Private Threat Feed',
] as const;

export const DISPOSITIONS = [1, 2, 3, 4, 5] as const;
/** The name of disposition n stands at n - 1. */
export const DISPOSITION_NAMES = ['Clean', 'Malicious', 'Suspicious', 'Common', 'Unknown'] as const;

export const COLUMN_TYPES = ['observable', 'string', 'markdown', 'integer', 'number', 'url'] as const;

/** No DELETE and no WebDAV. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;

export const TRAFFIC_DIRECTIONS = ['incoming', 'outgoing'] as const;

export const ASSET_TYPES = ['device', 'person', 'network', 'data', 'application'] as const;
export const SPECIFICITIES = ['Unique', 'Medium', 'Low'] as const;
export const STABILITIES = ['Managed', 'Physical', 'Temporary'] as const;

export const ABSTRACTION_LEVELS = ['category', 'meta', 'standard', 'detailed', 'aggregate'] as const;
export const MALWARE_ABSTRACTION_LEVELS = ['family', 'variant', 'version'] as const;

export const FEED_OUTPUTS = ['observables', 'judgements'] as const;

/** The one kill chain whose phases are a closed list. */
export const LOCKHEED_MARTIN_KILL_CHAIN = 'lockheed-martin-cyber-kill-chain';
export const LOCKHEED_MARTIN_PHASES: readonly string[] = [
  'reconnaissance',
  'weaponization',
  'delivery',
  'exploitation',
  'installation',
  'command-and-control',
  'actions-on-objective',
];

/** The entity types that a bundle import stores, and the key of each one's collection in a bundle. */
export const COLLECTIONS = {
  actor: 'actors',
  asset: 'assets',
  'asset-mapping': 'asset_mappings',
  'asset-properties': 'asset_properties',
  'attack-pattern': 'attack_patterns',
  campaign: 'campaigns',
  coa: 'coas',
  incident: 'incidents',
  indicator: 'indicators',
  judgement: 'judgements',
  malware: 'malwares',
  note: 'notes',
  relationship: 'relationships',
  sighting: 'sightings',
  'target-record': 'target_records',
  tool: 'tools',
  vulnerability: 'vulnerabilities',
} as const;
