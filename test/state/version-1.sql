-- A state file of schema version 1, as it was written then. Never changed: every later version must read it.
PRAGMA application_id = 0x5347544c;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE position (source TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO position VALUES('/var/log/apache2/access.log','{"offset":4096}');
CREATE TABLE ledger (
    source TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    parsed INTEGER NOT NULL,
    rejected TEXT NOT NULL,
    skipped INTEGER NOT NULL,
    lost_bytes INTEGER NOT NULL,
    lost_lines INTEGER NOT NULL
  ) STRICT;
INSERT INTO ledger VALUES('/var/log/apache2/access.log',4096,40,37,'{"bad-time":2}',1,100,1);
CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
INSERT INTO snapshot VALUES(1,743249205,X'736e617073686f74');
CREATE TABLE journal (seq INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
INSERT INTO journal VALUES(1,3249006413,X'6a6f75726e616c');
CREATE TABLE parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'parked')),
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    created INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    reason TEXT,
    body TEXT NOT NULL,
    UNIQUE (destination, key)
  ) STRICT;
INSERT INTO parcel VALUES(2,'xdr','a-2','a','waiting',0,0,1795348800000,13,NULL,'{"key":"a-2"}');
INSERT INTO parcel VALUES(3,'xdr','b-1','b','parked',0,1,1795348800000,13,'refused','{"key":"b-1"}');
INSERT INTO parcel VALUES(4,'xdr','c-1','c','waiting',1795352400000,1,1795348800000,13,'unreachable','{"key":"c-1"}');
CREATE TABLE aftermath (
    seq INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    incident TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
INSERT INTO aftermath VALUES(1,'xdr','a','{}');
INSERT INTO aftermath VALUES(2,'xdr','a','{}');
INSERT INTO aftermath VALUES(3,'xdr','b','{}');
INSERT INTO aftermath VALUES(4,'xdr','c','{}');
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('delivered', 'dropped')),
    entities TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (destination, key)
  ) STRICT;
INSERT INTO receipt VALUES(1,1,'xdr','a-1','a','delivered','[{"type":"incident","originalId":"transient:a-1","result":"created","id":"id-of-a-1","reason":null}]',1795348800000);
INSERT INTO receipt VALUES(2,5,'xdr','d-1','d','dropped','[]',1795348800000);
CREATE TABLE hold (
    destination TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
INSERT INTO hold VALUES('xdr',1795352400000,3,'unreachable');
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES('delivered',1);
INSERT INTO counter VALUES('dropped',1);
CREATE TABLE entry (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (namespace, key)
  ) STRICT;
INSERT INTO entry VALUES('pairs','a','"T-1"');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('parcel',5);
CREATE INDEX parcel_by_turn ON parcel (destination, state, seq, not_before, incident);
CREATE INDEX parcel_by_incident ON parcel (destination, incident, state, seq);
CREATE INDEX parcel_by_time ON parcel (destination, state, not_before);
CREATE INDEX parcel_by_state ON parcel (state, seq, bytes);
CREATE INDEX aftermath_by_incident ON aftermath (destination, incident, seq);
CREATE INDEX receipt_by_incident ON receipt (destination, incident, seq);
COMMIT;
