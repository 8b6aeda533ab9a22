"""Variants that were tried and are not in the package; `quality.py --tries` measures them beside those that are."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from smotegan import GAN, SMOTEGAN
from smotegan import gan as engine


def half_of_the_gap(y) -> dict:
    """A sampling strategy: as many rows as bring the rare class half the way up."""
    labels, counts = np.unique(y, return_counts=True)
    return {labels[counts.argmin()]: int(counts.sum() // 2)}


class JudgeOfLengths(engine.Judge):
    """A judge that looks at four lengths of each move and reports the best of them."""

    def __call__(self, weights, update: int) -> dict:
        if weights is None or not self.view.held_out:
            return {**super().__call__(weights, update), "length": 1.0}
        move = engine.make_move(self.mover._replace(weights=list(weights)), self.rows.shape[1], self.near.shape[-1])
        moves, lines = move(self.rows, self.near, self.noise), []
        for length in (0.5, 1.0, 1.5, 2.0):
            made = np.stack([self.finish(rows) for rows in self.rows + length * moves])
            lines.append({"update": update, "held_out_distance": engine.held_out_distance(made, self.X, self.view),
                          "coverage": 1.0, "move": 0.0, "length": length})
        return min(lines, key=lambda line: line["held_out_distance"])


class LengthSearch(GAN):
    """The held-out rows also choose how far along its move a row goes."""

    def _train(self, *arguments) -> None:
        kept, engine.Judge = engine.Judge, JudgeOfLengths
        try:
            super()._train(*arguments)
        finally:
            engine.Judge = kept
        self.length_ = self.judged_.set_index("update")["length"].get(self.kept_update_, 1.0)

    def _refine(self, X, anchors, random_state):
        return X + self.length_ * (super()._refine(X, anchors, random_state) - X)


class CriticOnResiduals(GAN):
    """The critic sees each row less the mean of its neighbours, not the row."""

    def _train(self, *arguments) -> None:
        names = ("device_data", "generate", "critic_steps")
        kept = {name: getattr(engine, name) for name in names}
        centres = {}

        def device_data(real, pool, near, classifier=()):
            others = engine.nearest_rows(real, real, min(near.shape[-1] + 1, len(real)))[:, 1:]
            centres["real"] = engine.tf.constant(engine.pad_rows(real[others].mean(axis=1)), "float32")
            centres["pool"] = engine.tf.constant(engine.pad_rows(real[near].mean(axis=2), axis=1), "float32")
            return kept["device_data"](real, pool, near, classifier)

        def generate(recipe, rates, weights, data, pool_index, noise):
            made = kept["generate"](recipe, rates, weights, data, pool_index, noise)
            return made - engine.tf.gather(centres["pool"], pool_index, batch_dims=1)

        def critic_steps(recipe, rates, state, data, draws):
            real = engine.tf.gather(data.real - centres["real"], draws.real[0])
            generator = engine.unflatten(state.generator.weights, recipe.generator_shapes)
            fake = generate(recipe, rates, generator, data, draws.pool[0], draws.noise[0])
            critic = engine.unflatten(state.critic.weights, recipe.critic_shapes)
            loss, gradients = engine.critic_gradient(recipe.loss, critic, real, fake, draws.mix[0], rates.penalty)
            return engine.adam_step(state.critic, engine.flatten(gradients), state.step + 1, rates.critic), loss

        engine.compiled_chunk.cache_clear()  # the centres are constants of the compiled function
        for name in names:
            setattr(engine, name, locals()[name])
        try:
            super()._train(*arguments)
        finally:
            engine.compiled_chunk.cache_clear()
            for name in names:
                setattr(engine, name, kept[name])


class ApGuard(SMOTEGAN):
    """Refine only where an inner cross-validation finds a better average precision with the refined rows."""

    def _inner_score(self, gan, X, y) -> float:
        from sklearn.metrics import average_precision_score

        scores = []
        for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
            made = SMOTEGAN(gan=gan, random_state=0).fit_resample(X[train], y[train])
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(*made)
            scores.append(average_precision_score(y[test], model.predict_proba(X[test])[:, 1]))
        return float(np.mean(scores))

    def _fit_resample(self, X, y):
        better = self._inner_score(None, X, y) > self._inner_score("none", X, y)
        self.gan = None if better else "none"
        return super()._fit_resample(X, y)
