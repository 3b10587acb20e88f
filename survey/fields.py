"""Where the shipped questionnaire for residents asks what studies group people by."""

from dataclasses import dataclass

from instruments.model import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Form paths of what is known of a person, and the codes for it."""

    point: str = "dia_ban/ma_diem"
    district: str = "dia_ban/huyen_cu"
    commune: str = "dia_ban/xa_cu"
    interviewer: str = "dia_ban/ma_dtv"
    sex: str = "ca_nhan/gioi_tinh"
    male: str = "nam"
    female: str = "nu"
    born: str = "ca_nhan/nam_sinh"
    schooling: str = "ca_nhan/hoc_van"
    official: str = "ca_nhan/can_bo"
    yes: str = "co"
    no: str = "khong"
    activities: str = "tiep_can/hoat_dong"

    def are_asked_in(self, instrument: Instrument) -> bool:
        """Whether the instrument has the items from which groups, ages and residence follow."""
        items = {one.path: one.item for one in instrument.placed()}
        wanted = {self.commune, self.sex, self.born, self.schooling, self.official, self.activities}
        if not items.keys() >= wanted:
            return False
        sexes = {one.code for one in instrument.options_of(items[self.sex])}
        return sexes >= {self.male, self.female}
