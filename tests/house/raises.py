"""Which problems a function can raise, read off its source and off everything of `service` that it names.

The reading is generous: a function that is named is taken to be called, and a problem that is made is taken to be
raised (some are returned and raised by the caller). Methods are followed where the parameter's annotation, or a class
that is called on the spot, says whose they are. What no source shows (a problem chosen at run time) is not seen.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr
Found = tuple[str, Definition]
"""A definition and the name of the module it stands in."""


@dataclass
class Module:
    """One parsed module: what it defines, and what the names it imports mean."""

    name: str
    tree: ast.Module
    package: bool

    @cached_property
    def defined(self) -> dict[str, Definition]:
        """Functions, classes and assigned expressions at the top of the module, by name."""
        found: dict[str, Definition] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    @cached_property
    def imported(self) -> dict[str, str]:
        """Imported names, anywhere in the module, and the dotted path that each stands for."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {
                    (alias.asname or alias.name.split(".")[0]): alias.name for alias in node.names if alias.asname
                }
                found |= {name: name for alias in node.names if not alias.asname for name in [alias.name.split(".")[0]]}
        return found


@dataclass(frozen=True)
class Named:
    """A definition that is named somewhere: whether it is called or raised there, and what is caught around it."""

    found: Found
    called: bool
    caught: tuple[Found, ...]


@dataclass
class House:
    """All modules below a folder, and the questions asked of them."""

    modules: dict[str, Module] = field(default_factory=dict)
    answered: dict[int, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, package: str = "service") -> "House":
        """Parse every file of the package that lies in `root`."""
        house = cls()
        for path in sorted((root / package).rglob("*.py")):
            parts = list(path.relative_to(root).with_suffix("").parts)
            if inside := parts[-1] == "__init__":
                parts.pop()
            name = ".".join(parts)
            house.modules[name] = Module(name, ast.parse(path.read_text(encoding="utf-8")), inside)
        return house

    def look_up(self, path: str) -> Found | str | None:
        """What a dotted path names: a definition, the name of a module, or nothing of ours."""
        if path in self.modules:
            return path
        owner, _, name = path.rpartition(".")
        if owner not in self.modules:
            outer = self.look_up(owner) if owner else None
            return self._inside(outer, name) if outer is not None else None
        return self._inside(owner, name)

    def _inside(self, owner: Found | str, name: str) -> Found | str | None:
        """The member `name` of a module or of a class."""
        if isinstance(owner, str):
            module = self.modules[owner]
            if name in module.defined:
                return owner, module.defined[name]
            if name in module.imported and module.imported[name] != f"{owner}.{name}":
                return self.look_up(module.imported[name])
            return f"{owner}.{name}" if f"{owner}.{name}" in self.modules else None
        where, definition = owner
        if not isinstance(definition, ast.ClassDef):
            return None
        for node in definition.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                return where, node
        bases = (self.resolve(where, base, {}) for base in definition.bases)
        return next((found for base in bases if base and (found := self._inside(base, name))), None)

    def resolve(self, module: str, node: ast.AST, local: dict[str, Found]) -> Found | str | None:
        """What an expression names, seen from `module`; `local` are parameters whose class is known."""
        if isinstance(node, ast.Name):
            return local.get(node.id) or self._inside(module, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.resolve(module, node.value, local)
            return self._inside(owner, node.attr) if owner is not None else None
        if isinstance(node, ast.Call):  # `Reply(…).body`: a member of what was just made
            made = self.resolve(module, node.func, local)
            return made if made and not isinstance(made, str) and isinstance(made[1], ast.ClassDef) else None
        return None

    def annotated(self, module: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Found]:
        """The parameters of a function whose annotation names a class of ours (also inside Annotated or a union)."""
        known: dict[str, Found] = {}
        for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            if argument.annotation and (found := self._class_in(module, argument.annotation)):
                known[argument.arg] = found
        return known

    def _class_in(self, module: str, annotation: ast.expr) -> Found | None:
        for node in ast.walk(annotation):
            found = self.resolve(module, node, {}) if isinstance(node, ast.Name | ast.Attribute) else None
            if found is None or isinstance(found, str):
                continue
            if isinstance(found[1], ast.ClassDef):
                return found
            if isinstance(found[1], ast.expr) and (inner := self._class_in(found[0], found[1])):
                return inner
        return None

    def named(self, module: str, definition: Definition) -> Iterator[Named]:
        """Every definition of ours that is named inside another."""
        functions = [n for n in ast.walk(definition) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        local = {name: found for function in functions for name, found in self.annotated(module, function).items()}
        called = {id(node.func) for node in ast.walk(definition) if isinstance(node, ast.Call)}
        called |= {id(node.exc) for node in ast.walk(definition) if isinstance(node, ast.Raise) and node.exc}
        caught = self._caught(module, definition)
        for node in ast.walk(definition):
            if isinstance(node, ast.Name | ast.Attribute):
                found = self.resolve(module, node, local)
                known = isinstance(node, ast.Name) and node.id in local
                if found is not None and not isinstance(found, str):
                    yield Named(found, id(node) in called and not known, caught.get(id(node), ()))

    def _caught(self, module: str, definition: Definition) -> dict[int, tuple[Found, ...]]:
        """For each node inside a `try`: the classes of ours that its handlers catch and do not raise again."""
        caught: dict[int, tuple[Found, ...]] = {}
        for block in ast.walk(definition):
            if not isinstance(block, ast.Try):
                continue
            kinds: list[Found] = []
            for handler in block.handlers:
                again = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
                names = [] if again or handler.type is None else list(ast.walk(handler.type))
                found = [self.resolve(module, name, {}) for name in names if isinstance(name, ast.Name | ast.Attribute)]
                kinds += [kind for kind in found if kind is not None and not isinstance(kind, str)]
            for statement in block.body:
                for node in ast.walk(statement):
                    caught[id(node)] = caught.get(id(node), ()) + tuple(kinds)
        return caught

    def descends(self, kind: Found, base: Found) -> bool:
        """Whether a class is another one, or is derived from it."""
        if kind[1] is base[1]:
            return True
        bases = kind[1].bases if isinstance(kind[1], ast.ClassDef) else []
        found = [self.resolve(kind[0], base, {}) for base in bases]
        return any(self.descends(one, base) for one in found if one is not None and not isinstance(one, str))

    def problems(self, start: Found, base: Found) -> dict[str, tuple[str, ...]]:
        """The problems (classes below `base`) that `start` can raise, as `module.Class`, each with a way there."""
        known = self.answered.get(id(start[1]))
        if known is not None:
            return known
        self.answered[id(start[1])] = {}  # a circle adds nothing
        here = (f"{start[0]}.{getattr(start[1], 'name', '…')}",)
        found: dict[str, tuple[str, ...]] = {}
        for one in self.named(*start):
            if any(self.descends(base, kind) for kind in one.caught):
                continue
            for path, (kind, further) in self._behind(one, base).items():
                if not any(self.descends(kind, caught) for caught in one.caught):
                    found.setdefault(path, here + further)
        self.answered[id(start[1])] = found
        return found

    def _behind(self, one: Named, base: Found) -> dict[str, tuple[Found, tuple[str, ...]]]:
        """What naming one definition can raise: itself, or what it does when it is called."""
        where, definition = one.found
        if not isinstance(definition, ast.ClassDef):
            reached = self.problems(one.found, base)
        elif not one.called:
            return {}
        elif self.descends(one.found, base):
            return {} if definition is base[1] else {f"{where}.{definition.name}": (one.found, ())}
        else:
            makers = [self._inside(one.found, name) for name in ("__init__", "__post_init__")]
            made = [maker for maker in makers if maker is not None and not isinstance(maker, str)]
            reached = {path: way for maker in made for path, way in self.problems(maker, base).items()}
        kinds = {path: self.look_up(path) for path in reached}
        return {path: (kind, reached[path]) for path, kind in kinds.items() if kind and not isinstance(kind, str)}
