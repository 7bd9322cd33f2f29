"""A notebook in JupyterLab, as seen through Playwright's page."""

from pathlib import Path
from urllib.parse import quote

from jupyterlab_server import SHOTS, Server

_READY = """path => {
    const widget = window.jupyterapp?.shell.currentWidget;
    const context = widget?.context;
    return context?.path === path && context.isReady && widget.content.widgets.length
        && context.sessionContext.session?.kernel?.status === 'idle';
}"""

_CELLS = "() => jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells"

_SHOW = """async id => {
    const notebook = jupyterapp.shell.currentWidget.content;
    await notebook.scrollToItem(notebook.widgets.findIndex(cell => cell.model.id === id), 'start');
}"""

_PICTURES = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const pictures = [];
    for (const [index, cell] of notebook.widgets.entries()) {
        await notebook.scrollToItem(index, 'start');  // a cell out of view holds no pictures
        await cell.ready;
        for (const image of cell.node.querySelectorAll('img')) {
            await image.decode().catch(() => null);
            const plotted = cell.model.type === 'code';
            pictures.push(
                {cell: cell.model.id, alt: image.alt, width: image.naturalWidth, plotted});
        }
    }
    return pictures;
}"""


class NotebookPage:
    """One notebook, open in a browser. Paths are below the server's root."""

    def __init__(self, page, server: Server):
        self.page, self._server = page, server

    def open(self, path: str) -> None:
        """Show the notebook and wait until its kernel is idle."""
        place = f"lab/workspaces/test/tree/{quote(path)}?reset&token={self._server.token}"
        self.page.goto(self._server.base + place)
        self.page.wait_for_function(_READY, arg=path)

    def run_all(self) -> None:
        """Run every cell and save, as a learner would."""
        for command in ("notebook:run-all-cells", "docmanager:save"):
            self.page.evaluate("name => jupyterapp.commands.execute(name)", command)

    def cells(self) -> list[dict]:
        """The notebook's cells as saved: cells out of view are in the model, not in the page."""
        return self.page.evaluate(_CELLS)

    def pictures(self) -> list[dict]:
        """Each picture's cell, alt text, natural width, and whether code plotted it."""
        return self.page.evaluate(_PICTURES)

    def show(self, cell_id: str) -> None:
        """Scroll to a cell."""
        self.page.evaluate(_SHOW, cell_id)

    def validate(self) -> str:
        """Press nbgrader's Validate and return what the dialog says. It stays open."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog-content", has_text="Validation Results")
        dialog.wait_for()
        return dialog.inner_text()

    def keep(self, name: str) -> Path:
        """A screenshot of what is in view, in SHOTS."""
        SHOTS.mkdir(exist_ok=True)
        file = SHOTS / f"{name}.png"
        self.page.screenshot(path=file)
        return file
