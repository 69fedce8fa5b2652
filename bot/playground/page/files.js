/** Files on their way in: chosen, pasted or dropped; and as a form on their way out. */

import { byId, icon } from "./dom.js";

/** Call `add` with the files that somebody chooses, pastes or drops. */
export function setUpFiles(add) {
  byId("attach").append(icon("attach"));
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
  byId("input").addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  const conversation = byId("conversation");
  const carries = (event) => event.dataTransfer?.types.includes("Files") && !byId("writing").hidden;
  conversation.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    byId("drop").hidden = false;
  });
  conversation.addEventListener("dragleave", (event) => {
    if (!conversation.contains(event.relatedTarget)) byId("drop").hidden = true;
  });
  conversation.addEventListener("drop", (event) => {
    byId("drop").hidden = true;
    if (!carries(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}

/** What an upload consists of. */
export function uploadForm(fields, files, asPhotos) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  if (asPhotos && files.every(isPicture)) form.append("as", "photo");
  for (const file of files) form.append("files", file, file.name);
  return form;
}

/** Whether Telegram takes a file as a photo. */
export const isPicture = (file) => ["image/png", "image/jpeg", "image/webp"].includes(file.type);
