"""English names of the parts of a record, as they stand on a page; other languages are in translations/.

Keys are "struct.field" of schemas.record. A test checks that every field has a name.
"""

from __future__ import annotations

from typing import Final

SECTIONS: Final = {
    "general": "General",
    "life_cycle": "Life cycle",
    "meta_metadata": "About this description",
    "technical": "Technical",
    "educational": "Educational use",
    "rights": "Rights",
    "relation": "Relations",
    "annotation": "Annotations",
    "classification": "Classification",
    "files": "Files",
    "ext": "Further elements",
}

FIELDS: Final = {
    "General.identifier": "Identifier",
    "General.title": "Title",
    "General.language": "Language",
    "General.description": "Description",
    "General.keyword": "Keywords",
    "General.coverage": "Coverage",
    "General.structure": "Structure",
    "General.aggregation_level": "Aggregation level",
    "LifeCycle.version": "Version",
    "LifeCycle.status": "Status",
    "LifeCycle.contribute": "Contributor",
    "MetaMetadata.identifier": "Identifier of the description",
    "MetaMetadata.contribute": "Contributor",
    "MetaMetadata.metadata_schema": "Metadata schema",
    "MetaMetadata.language": "Language of the description",
    "Technical.format": "Format",
    "Technical.size": "Size",
    "Technical.location": "Web address",
    "Technical.requirement": "Requirements",
    "Technical.installation_remarks": "Installation remarks",
    "Technical.other_platform_requirements": "Other platform requirements",
    "Technical.duration": "Duration",
    "Educational.interactivity_type": "Interactivity type",
    "Educational.learning_resource_type": "Resource type",
    "Educational.interactivity_level": "Interactivity level",
    "Educational.semantic_density": "Semantic density",
    "Educational.intended_end_user_role": "Audience",
    "Educational.context": "Level",
    "Educational.typical_age_range": "Age",
    "Educational.difficulty": "Difficulty",
    "Educational.typical_learning_time": "Learning time",
    "Educational.description": "How to use it",
    "Educational.language": "Language of the learners",
    "Rights.cost": "Cost",
    "Rights.copyright_and_other_restrictions": "Copyright and other restrictions",
    "Rights.description": "Conditions of use",
    "Relation": "Relation",
    "Annotation": "Annotation",
    "Classification": "Classification",
    "Classification.keyword": "Keywords",
    "Classification.description": "Description",
    "File": "File",
    "Foreign": "Element",
}

SENTENCES: Final = (*SECTIONS.values(), *FIELDS.values())
