# Sends one text with boto3's own retries and prints the message's id.
import sys

import boto3
from botocore.config import Config

endpoint, mode, to, body = sys.argv[1:]
client = boto3.client(
    "pinpoint-sms-voice-v2", endpoint_url=endpoint, region_name="us-east-1",
    config=Config(retries={"mode": mode}))
print(client.send_text_message(
    DestinationPhoneNumber=to, OriginationIdentity="RETRY", MessageBody=body)["MessageId"])
