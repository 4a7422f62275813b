# Why This Word on a CPU, for a class. Build: docker build -t why-this-word .
# Run: docker run -p 8501:8501 -v why-data:/home/app why-this-word
FROM python:3.11-slim
RUN useradd --create-home app
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir -r requirements.txt
COPY app.py LICENSE ./
COPY .streamlit .streamlit
COPY attribution attribution
COPY pages pages
COPY --chown=app demo_models demo_models
# The user app cannot write here, so Python would compile these files anew at every start.
RUN python -m compileall -q attribution pages
USER app
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://localhost:8501/_stcore/health', timeout=5)"
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true", "--server.fileWatcherType=none"]
