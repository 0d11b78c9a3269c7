"""What each line of an article is for: content, promo, residue, padding or repeat; and the spans that follow from it."""

from quality.roles.prediction import RolePrediction, predict_roles
from quality.roles.spans import RoleThresholds, spans, surely_content, without_phrases

__all__ = ["RolePrediction", "RoleThresholds", "predict_roles", "spans", "surely_content", "without_phrases"]
