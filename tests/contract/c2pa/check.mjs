// Says of each picture named on the command line whether its Content Credentials hold, one line of JSON each.
import { readFile } from 'node:fs/promises';
import { JPEG, PNG } from '@trustnxt/c2pa-ts/asset';
import { SuperBox } from '@trustnxt/c2pa-ts/jumbf';
import { ManifestStore } from '@trustnxt/c2pa-ts/manifest';

for (const path of process.argv.slice(2)) {
  const data = await readFile(path);
  const Kind = [PNG, JPEG].find((kind) => kind.canRead(data));
  const asset = new Kind(data);
  const store = ManifestStore.read(SuperBox.fromBuffer(asset.getManifestJUMBF()));
  const result = await store.validate(asset);
  const manifest = store.getActiveManifest();
  console.log(JSON.stringify({
    path,
    valid: result.isValid,
    failures: result.statusEntries.filter((entry) => entry.success === false).map((entry) => entry.code),
    assertions: manifest.assertions.assertions.map((assertion) => assertion.label),
  }));
}
