# One static binary in an empty image. Build: make image
FROM golang:1.26 AS build
WORKDIR /src
ARG VERSION=unknown
ARG COMMIT=unknown
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" -o /heliograph ./cmd/heliograph && mkdir /data

FROM scratch
COPY --from=build /heliograph /heliograph
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
VOLUME /data
EXPOSE 7788
# No HELIOGRAPH_LISTEN: it would hold for dev too, whose keys everybody knows.
ENV HELIOGRAPH_DATA=/data
ENTRYPOINT ["/heliograph"]
CMD ["serve", "--listen", "0.0.0.0:7788"]
