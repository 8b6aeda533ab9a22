"""Variants that were tried and are not in the package; `quality.py --tries` measures them beside those that are."""

from __future__ import annotations

from copy import copy

import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from smotegan import GAN, SMOTEGAN, fast
from smotegan.distance import nearest_rows
from smotegan.training import adam_step, move_batch, moving_average


def half_of_the_gap(y) -> dict:
    """A sampling strategy: as many rows as bring the minority class half the way up."""
    labels, counts = np.unique(y, return_counts=True)
    return {labels[counts.argmin()]: int(counts.sum() // 2)}


# ---- a critic that sees differences -----------------------------------------------------------------------------

def neighbor_means(real: np.ndarray, k: int) -> np.ndarray:
    """The mean of the `k` nearest other rows of each real row, padded as the rows are."""
    others = nearest_rows(real, real, min(k + 1, len(real)))[:, 1:]
    return fast.pad_rows(real[others].mean(axis=1)).astype(np.float32)


def pool_means(data, positions):
    """The mean of the neighbours of some rows of the pool."""
    return tf.reduce_mean(tf.gather(data.real, tf.gather(data.neighbors, positions, batch_dims=1)), axis=2)


def residual_critic_step(centres, config, hyper, state, data, batch):
    """One step of the critic on rows less the means of their neighbours; its new state and its loss."""
    generator = fast.unflatten(state.generator.weights, config.generator_shapes)
    moved = move_batch(config.generator, generator, data, batch.pool[0], batch.noise[0], hyper.max_weight)
    real = tf.gather(data.real - centres, batch.real[0])
    weights = fast.unflatten(state.critic.weights, config.critic_shapes)
    loss, gradients = fast.critic_gradient(config.loss, weights, real, moved - pool_means(data, batch.pool[0]),
                                           batch.mix[0], hyper.penalty)
    return adam_step(state.critic, fast.flatten(gradients), state.step + 1, hyper.critic_rate), loss


def residual_generator_step(config, hyper, state, data, batch):
    """One step of the generator against that critic; the new state and the loss."""
    weights = fast.unflatten(state.generator.weights, config.generator_shapes)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        moved = move_batch(config.generator, weights, data, batch.pool[-1], batch.noise[-1], hyper.max_weight)
    critic = fast.unflatten(state.critic.weights, config.critic_shapes)
    loss, pull = fast.generator_loss_gradient(config.loss, critic, moved - pool_means(data, batch.pool[-1]))
    gradient, step = fast.flatten(tape.gradient(moved, weights, output_gradients=pull)), state.step + 1
    generator = adam_step(state.generator, gradient, step, hyper.generator_rate)
    average = moving_average(state.average, generator.weights, step, hyper.ema)
    return state._replace(generator=generator, average=average, step=step), loss


class CriticOnResiduals(GAN):
    """The critic sees each row less the mean of its neighbours, not the row; one critic step, no second loss."""

    def _update_function(self):
        if self.n_critic != 1 or self.boundary_weight:
            raise ValueError(f"'n_critic' must be 1 and 'boundary_weight' 0 here; got {self.n_critic} and "
                             f"{self.boundary_weight}.")
        real = self.around_.real

        def update(config, hyper, state, data, batch):
            centres = tf.constant(neighbor_means(real, data.neighbors.shape[-1]))
            critic, critic_lost = residual_critic_step(centres, config, hyper, state, data, batch)
            state, lost = residual_generator_step(config, hyper, state._replace(critic=critic), data, batch)
            return state, tf.stack([critic_lost, lost]) / state.average.shape[0]

        return update  # a new function each time, so that no compiled one with other centres is taken


# ---- another guard ----------------------------------------------------------------------------------------------

class ApGuard(SMOTEGAN):
    """Refine only where an inner cross-validation finds a better average precision with the refined rows."""

    def _inner_score(self, gan, X, y) -> float:
        scores = []
        for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
            balanced = SMOTEGAN(gan=gan, random_state=0).fit_resample(X[train], y[train])
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(*balanced)
            scores.append(average_precision_score(y[test], model.predict_proba(X[test])[:, 1]))
        return float(np.mean(scores))

    def _plan(self, X, y) -> dict:
        better = self._inner_score(None, X, y) > self._inner_score("none", X, y)
        chosen = copy(self).set_params(gan=None if better else "none")  # the parameters of `self` stay
        return super(ApGuard, chosen)._plan(X, y)
