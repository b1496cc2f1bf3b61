import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0004_visible_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='cuándo')),
                ('event', models.CharField(choices=[('login', 'ingreso'), ('login-failed', 'ingreso fallido'), ('locked-out', 'ingreso bloqueado'), ('unlocked', 'ingreso desbloqueado'), ('logout', 'salida'), ('factor-added', 'segundo factor activado'), ('factor-removed', 'segundo factor quitado'), ('factor-failed', 'código incorrecto'), ('codes-renewed', 'códigos de recuperación nuevos'), ('published', 'publicación'), ('withdrawn', 'retiro del sitio'), ('exported', 'exportación'), ('imported', 'importación')], max_length=20, verbose_name='qué')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='quién')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='desde')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='sobre qué')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cuenta')),
            ],
            options={
                'verbose_name': 'entrada de auditoría',
                'verbose_name_plural': 'entradas de auditoría',
                'ordering': ['-at', '-pk'],
            },
        ),
    ]
