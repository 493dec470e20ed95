"""The dataset's tables; they are made by the rig and not by migrations."""

from django.db import models


class World(models.Model):
    id = models.IntegerField(primary_key=True)
    randomnumber = models.IntegerField()

    class Meta:
        managed = False
        db_table = "world"

    def as_json(self) -> dict[str, int]:
        return {"id": self.id, "randomNumber": self.randomnumber}


class Fortune(models.Model):
    id = models.IntegerField(primary_key=True)
    message = models.CharField(max_length=2048)

    class Meta:
        managed = False
        db_table = "fortune"


class Brand(models.Model):
    brand_id = models.IntegerField(primary_key=True)
    brand_name = models.TextField()

    class Meta:
        managed = False
        db_table = "brand"
