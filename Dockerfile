# One static binary in an empty image. Build: docker build -t heliograph .
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /heliograph ./cmd/heliograph && mkdir /data

FROM scratch
COPY --from=build /heliograph /heliograph
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
VOLUME /data
EXPOSE 7788
ENV HELIOGRAPH_DATA=/data HELIOGRAPH_LISTEN=0.0.0.0:7788
ENTRYPOINT ["/heliograph"]
CMD ["serve"]
