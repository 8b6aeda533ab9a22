// Run all cells of a notebook in JupyterLab: the errors among its outputs
async path => {
  const app = window.jupyterapp;
  await app.restored;
  const panel = await app.commands.execute("docmanager:open", {path});
  await panel.context.ready;
  await panel.sessionContext.ready;
  await app.commands.execute("notebook:run-all-cells");
  return panel.content.model.toJSON().cells.flatMap(cell => cell.outputs || [])
    .filter(output => output.output_type === "error").map(output => output.ename + ": " + output.evalue);
}
