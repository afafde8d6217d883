// A link carries its code behind "#", which browsers send to nobody.
const code = new URLSearchParams(location.hash.slice(1)).get("code");
if (code) {
  document.getElementById("code").value = code;
  history.replaceState(null, "", location.pathname);
}
