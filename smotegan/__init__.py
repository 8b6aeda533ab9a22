"""SMOTE proposes, an adversarial refiner (forests or networks) trained only on the minority class refines, held-out minority rows judge."""

__version__ = "0.1.0"

from smotegan.advice import advise
from smotegan.artefacts import find_artefacts
from smotegan.batches import balanced_batches
from smotegan.calibrate import RecalibratedClassifier
from smotegan.comparison import compare
from smotegan.data import class_table, list_datasets, load_dataset, plot_classes
from smotegan.distance import energy_distance, two_sample_auc
from smotegan.fidelity import FidelityError, check_before_training, fidelity_by_folds, fidelity_report
from smotegan.forest_gan import ForestGAN
from smotegan.gan import GAN, WGANGP
from smotegan.leak import LeakageError, assert_no_leak
from smotegan.oversample import SMOTEGAN
from smotegan.samplers import ProWSyn
from smotegan.spread import SpreadSMOTE

__all__ = ["GAN", "SMOTEGAN", "WGANGP", "FidelityError", "ForestGAN", "LeakageError", "ProWSyn", "RecalibratedClassifier",
           "SpreadSMOTE", "advise", "assert_no_leak", "balanced_batches", "check_before_training", "class_table",
           "compare", "energy_distance", "fidelity_by_folds", "fidelity_report", "find_artefacts", "list_datasets",
           "load_dataset", "plot_classes", "two_sample_auc"]
