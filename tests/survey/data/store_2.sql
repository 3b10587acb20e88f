BEGIN TRANSACTION;
CREATE TABLE batches (
	id INTEGER NOT NULL, 
	file_sha256 VARCHAR(64) NOT NULL, 
	file_name TEXT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	recipe VARCHAR(64) NOT NULL, 
	mapping TEXT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	rows_done INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	closed_at VARCHAR(32), 
	who TEXT DEFAULT '' NOT NULL, 
	chain VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT known_state CHECK (state IN ('open', 'sealed', 'empty', 'undone'))
);
INSERT INTO "batches" VALUES(1,'ecc9ea40996ffef5148676158343d0de930fe0ce3ba2f04ca54eeee14b17c573','mot.csv','kobo','6bf8dab7420909dc2811aa8168ef16ce73b3c3c20e02771b103157e9972e00c5','{}','sealed',4,1,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00','','8bfae95df020d78edb24671e204e834c6fd545751f7f24272e4c2b9c76e65c0e');
INSERT INTO "batches" VALUES(2,'3496e2ea6c1048d8f498cfb05133ad4235e7a5ba260f8a8efb00bdcdad531f76','hai.csv','kobo','9c9e7e7cd2cf57d6a023c0c935b52ce4c44430eada4f4b520fa532a33158e95c','{}','undone',2,3,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00','','efb1ddac2d14f92fd41f666c787ad53575c958c42380b47f1975229b168fdec1');
INSERT INTO "batches" VALUES(3,'ab63b83dee620c86b30c85190d3a081ce2c8afdb9e38615ddb5c52aa82f3b5d1','ba.csv','kobo','e2570c23a87270d71834f7f229a1999f16967d6abb39b500ba0dfcd693e32015','{}','sealed',3,6,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00','','10323d08f268eb318a9cb547ce2fe30c05153570083cbd447a0b68183b919fbf');
CREATE TABLE corrections (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	record_batch INTEGER NOT NULL, 
	record_row INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	old TEXT NOT NULL, 
	new TEXT NOT NULL, 
	why TEXT NOT NULL, 
	seal VARCHAR(64) NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(record_batch, record_row) REFERENCES records (batch, "row"), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
CREATE TABLE flags (
	id INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	"row" INTEGER, 
	rule TEXT NOT NULL, 
	path TEXT, 
	value TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "flags" VALUES(1,1,4,'qc_straightline','thai_do','5');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	event VARCHAR(16) NOT NULL, 
	batch INTEGER, 
	detail TEXT NOT NULL, 
	who TEXT DEFAULT '' NOT NULL, 
	hash VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "journal" VALUES(1,'2026-11-24T09:30:00+07:00','opened',1,'{"file":"mot.csv","sha256":"ecc9ea40996ffef5148676158343d0de930fe0ce3ba2f04ca54eeee14b17c573"}','','32167a79aeabdf7e10e5a4d26c341dc593bae4512a6c647d26d55a2c0e75173f');
INSERT INTO "journal" VALUES(2,'2026-11-24T09:30:00+07:00','sealed',1,'{"accepted":2,"chain":"8bfae95df020d78edb24671e204e834c6fd545751f7f24272e4c2b9c76e65c0e","quarantined":2}','','35bf2b3bddca7eb03096a01463e95fa6ea40f9d4ece980a63ea3ee0d14b95b8b');
INSERT INTO "journal" VALUES(3,'2026-11-24T09:30:00+07:00','opened',2,'{"file":"hai.csv","sha256":"3496e2ea6c1048d8f498cfb05133ad4235e7a5ba260f8a8efb00bdcdad531f76"}','','d994749fdc7143d4159bbe388d237091676f8ed8c87b8942d740fed7aaccfc52');
INSERT INTO "journal" VALUES(4,'2026-11-24T09:30:00+07:00','sealed',2,'{"accepted":2,"chain":"efb1ddac2d14f92fd41f666c787ad53575c958c42380b47f1975229b168fdec1","quarantined":0}','','bce90787cd471f3b35b7a9a0392d21cc4425f1ac31eae2ebead0184039cde2a9');
INSERT INTO "journal" VALUES(5,'2026-11-24T09:30:00+07:00','undone',2,'{"rows":2}','','f5bcad38f17b2a57f06e085ec31117a5fc26fe6a46b723c47113801aa3b6b695');
INSERT INTO "journal" VALUES(6,'2026-11-24T09:30:00+07:00','opened',3,'{"file":"ba.csv","sha256":"ab63b83dee620c86b30c85190d3a081ce2c8afdb9e38615ddb5c52aa82f3b5d1"}','','9d414889cadfd7831c6ffcc626b1d86bfb4511a8a7a4dad9485d603f4638a9e3');
INSERT INTO "journal" VALUES(7,'2026-11-24T09:30:00+07:00','sealed',3,'{"accepted":2,"chain":"10323d08f268eb318a9cb547ce2fe30c05153570083cbd447a0b68183b919fbf","quarantined":0}','','c71ed702fbc3d8ed67e3198f1c0a4a5d6fb2802cb442bd188dea1be760f4ba35');
CREATE TABLE mended (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	from_batch INTEGER NOT NULL, 
	from_row INTEGER NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(batch, "row") REFERENCES records (batch, "row"), 
	FOREIGN KEY(from_batch, from_row) REFERENCES quarantine (batch, "row")
);
CREATE TABLE quarantine (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	cells TEXT NOT NULL, 
	problems TEXT NOT NULL, 
	uuid TEXT, 
	version TEXT DEFAULT '' NOT NULL, 
	given TEXT DEFAULT '{}' NOT NULL, 
	seal VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "quarantine" VALUES(1,2,3,'nhan_thuc','00000000-0000-4000-8000-000000000002:2b11b9163676382dd9df4103b64d0818','{"__version__":"1","_uuid":"00000000-0000-4000-8000-000000000002","ca_nhan/dia_chi":"Tổ 2","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1899","ca_nhan/tuoi":"74","end":"2026-09-03T09:02:07.000+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","kien_thuc/nguon_khac":"","start":"2026-09-03T08:02:00.000+07:00","thai_do/a1":"3","thai_do/a2":"4","thai_do/a3":"4","today":"2026-09-03","trai_nghiem/ngay":"","trai_nghiem/tranh_chap":"khong"}','[{"hint":null,"path":"ca_nhan/nam_sinh","rule":"constraint","value":"1899"}]',NULL,'','{}','8be05556a4454c1f9455d273238535ecfdef4c57a882e4789ddb42adbe28acf5');
INSERT INTO "quarantine" VALUES(1,3,4,'nhan_thuc','00000000-0000-4000-8000-000000000003:5f661f89bb3a5bdfa3cff250f3bf4b7d','{"__version__":"1","_uuid":"00000000-0000-4000-8000-000000000003","ca_nhan/dia_chi":"Tổ 3","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1953","ca_nhan/tuoi":"73","end":"2026-09-04T09:03:07.000+07:00","kien_thuc/k1":"dugn","kien_thuc/nguon":"tv","kien_thuc/nguon_khac":"","start":"2026-09-04T08:03:00.000+07:00","thai_do/a1":"4","thai_do/a2":"5","thai_do/a3":"4","today":"2026-09-04","trai_nghiem/ngay":"","trai_nghiem/tranh_chap":"khong"}','[{"hint":"dung","path":"kien_thuc/k1","rule":"unknown_choice","value":"dugn"}]',NULL,'','{}','4ed6eee20c16c2ca6c4c1062b32a3f1f090bcb6a48a0d7abcab8ca193a260654');
CREATE TABLE records (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	version TEXT NOT NULL, 
	uuid TEXT, 
	"key" TEXT NOT NULL, 
	content VARCHAR(32) NOT NULL, 
	likeness VARCHAR(32), 
	answers TEXT NOT NULL, 
	not_relevant TEXT NOT NULL, 
	seal VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "records" VALUES(1,1,'nhan_thuc','1','00000000-0000-4000-8000-000000000001','00000000-0000-4000-8000-000000000001','9eb978d951d4c4cecebb4440372ce384','b2a660e8956f76fc903464299bcea1a3','{"ca_nhan/dia_chi":"Tổ 1","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1951","ca_nhan/tuoi":"75","end":"2026-09-02T09:01:07+07:00","kien_thuc/k1":"sai","kien_thuc/nguon":"loa","start":"2026-09-02T08:01:00+07:00","thai_do/a1":"2","thai_do/a2":"3","thai_do/a3":"4","today":"2026-09-02","trai_nghiem/tranh_chap":"khong"}','[]','7eb1611d0d3fb1ad3630240b4b1fb62cc3944c8903a92597e3dc6d068566f0e7');
INSERT INTO "records" VALUES(1,4,'nhan_thuc','1','00000000-0000-4000-8000-000000000008','00000000-0000-4000-8000-000000000008','473214258e5da0c9d18d925c90667118','54f0bdeec4c017c00ff3983fff6be0ac','{"ca_nhan/dia_chi":"Tổ 8","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1958","ca_nhan/tuoi":"68","end":"2026-09-09T09:08:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-09T08:08:00+07:00","thai_do/a1":"5","thai_do/a2":"5","thai_do/a3":"5","today":"2026-09-09","trai_nghiem/tranh_chap":"khong"}','[]','00357ec8b4dcaf5763be967ff5a7d5d3428e25bc9fd4f54d43b54b97b090f4ca');
INSERT INTO "records" VALUES(2,1,'nhan_thuc','1','00000000-0000-4000-8000-000000000004','00000000-0000-4000-8000-000000000004','8b70520df777e988c7abc43a1f4b8143','2e66f75bba71a47441037f07614c91d5','{"ca_nhan/dia_chi":"Tổ 4","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1954","ca_nhan/tuoi":"72","end":"2026-09-05T09:04:07+07:00","kien_thuc/k1":"sai","kien_thuc/nguon":"loa","start":"2026-09-05T08:04:00+07:00","thai_do/a1":"5","thai_do/a2":"1","thai_do/a3":"4","today":"2026-09-05","trai_nghiem/tranh_chap":"khong"}','[]','d55b86ed21cd1d2e1dd312574434535c339f45e30a578555f0917c6c0fc3c85f');
INSERT INTO "records" VALUES(2,2,'nhan_thuc','1','00000000-0000-4000-8000-000000000005','00000000-0000-4000-8000-000000000005','16f67cfcd6b46f768c07f7f9ccb68e03','1a6bc633dcb453d58afbef5e70cc3a9f','{"ca_nhan/dia_chi":"Tổ 5","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1955","ca_nhan/tuoi":"71","end":"2026-09-06T09:05:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-06T08:05:00+07:00","thai_do/a1":"1","thai_do/a2":"2","thai_do/a3":"4","today":"2026-09-06","trai_nghiem/tranh_chap":"khong"}','[]','50363751d2a189c391607cecef3bf6e356539024c5eb02549d2e186113ff9411');
INSERT INTO "records" VALUES(3,2,'nhan_thuc','1','00000000-0000-4000-8000-000000000005','00000000-0000-4000-8000-000000000005','16f67cfcd6b46f768c07f7f9ccb68e03','1a6bc633dcb453d58afbef5e70cc3a9f','{"ca_nhan/dia_chi":"Tổ 5","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1955","ca_nhan/tuoi":"71","end":"2026-09-06T09:05:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-06T08:05:00+07:00","thai_do/a1":"1","thai_do/a2":"2","thai_do/a3":"4","today":"2026-09-06","trai_nghiem/tranh_chap":"khong"}','[]','bc839d6b1e53e231a517a4ca82e2793738d765d3d48c43be44ee9be2961270ee');
INSERT INTO "records" VALUES(3,3,'nhan_thuc','1','00000000-0000-4000-8000-000000000006','00000000-0000-4000-8000-000000000006','7c258db0f12267a2bd7d8218475a0e44','0f062049a36a5d1d45e02a6dcf3455eb','{"ca_nhan/dia_chi":"Tổ 6","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1956","ca_nhan/tuoi":"70","end":"2026-09-07T09:06:07+07:00","kien_thuc/k1":"dung","kien_thuc/nguon":"tv","start":"2026-09-07T08:06:00+07:00","thai_do/a1":"2","thai_do/a2":"3","thai_do/a3":"4","today":"2026-09-07","trai_nghiem/ngay":"2026-08-01","trai_nghiem/tranh_chap":"co"}','[]','2650824aa517d5e778371dd36f506624e288e276448a88423291b7cdc6ad96ce');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(2);
CREATE TABLE standing (
	status VARCHAR(12) NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	PRIMARY KEY (status, instrument, "key"), 
	CONSTRAINT known_status CHECK (status IN ('accepted', 'quarantined')), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000001',1,1);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000008',1,4);
INSERT INTO "standing" VALUES('quarantined','nhan_thuc','00000000-0000-4000-8000-000000000002:2b11b9163676382dd9df4103b64d0818',1,2);
INSERT INTO "standing" VALUES('quarantined','nhan_thuc','00000000-0000-4000-8000-000000000003:5f661f89bb3a5bdfa3cff250f3bf4b7d',1,3);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000005',3,2);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000006',3,3);
CREATE TABLE withdrawn (
	instrument VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	PRIMARY KEY (instrument, "key")
);
CREATE INDEX by_likeness ON records (likeness);
CREATE INDEX by_row ON standing (batch, "row");
CREATE INDEX ix_flags_batch ON flags (batch);
CREATE INDEX by_record ON corrections (record_batch, record_row);
CREATE INDEX by_origin ON mended (from_batch, from_row);
COMMIT;
