from django.http import HttpResponse


def task_assign(request, **kwargs):
    return HttpResponse()


def task_detail(request, **kwargs):
    return HttpResponse()
