"""What surrounds an assistant in service.

`worker` is one process of it, `workers` runs one or several · `operations` what its parts share ·
`reloading` puts new versions in · `observed` notes every answer in the `journal`, `metrics`, `logs`,
`tracing` · `access` says who may do what · `backup` keeps what cannot be made again.
"""
